// Exact search among codes kept as int8 with one scale a row: the file format of zsr_lib.search.codes.

/** Codes of a gallery. */
export class Codes {
  /**
   * @param {ArrayBuffer} bytes Rows of `length` int8 numbers and their float32 scale.
   * @param {{length: number, row: number}} form Numbers of a code, and bytes of a row.
   */
  constructor(bytes, { length, row }) {
    if (bytes.byteLength % row !== 0) throw new Error("the file of codes is not whole");
    this.numbers = new Int8Array(bytes);
    this.length = length;
    this.row = row;
    this.count = bytes.byteLength / row;
    // The cosine does not ask for the scales: they divide out.
    this.norms = Float64Array.from({ length: this.count }, (_, place) => {
      let sum = 0;
      for (let at = place * row; at < place * row + length; at++) sum += this.numbers[at] ** 2;
      return Math.sqrt(sum);
    });
  }

  /**
   * The rows whose codes are nearest to a code; of equal ones the earlier comes first.
   * @param {Float32Array} code Of the same system.
   * @param {number} most How many.
   * @param {(row: number) => boolean} allowed Which rows are looked at.
   * @returns {{row: number, score: number}[]} Best first; the score is the cosine.
   */
  nearest(code, most, allowed = () => true) {
    if (code.length !== this.length) throw new Error("the code has another length than the gallery's");
    const own = Math.hypot(...code) || 1;
    const found = [];
    for (let row = 0; row < this.count; row++) {
      if (!allowed(row)) continue;
      let sum = 0;
      for (let place = 0, at = row * this.row; place < this.length; place++, at++) sum += code[place] * this.numbers[at];
      found.push({ row, score: sum / (own * (this.norms[row] || 1)) });
    }
    return found.sort((one, other) => other.score - one.score || one.row - other.row).slice(0, most);
  }
}
