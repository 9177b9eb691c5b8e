"""Same seed, same bytes: the pictures of Pillow 13 with NumPy 2, frozen.

A change here is a change of the data: every reported number that was made with generated scenes has to be made again.
"""

import hashlib

import pytest

from zsr_lib.data.scenes import render_height, render_photo, render_sketch

RENDER = {"photo": render_photo, "sketch": render_sketch, "height": render_height}
SEED, INDEX = 11, 2
GOLDEN = {
    ("airplane", "photo", 32): "2b90f4ccd4195849e1a97c8b3572e7c0e4ec2786a4b29ccb76a591a93f2f4b3f",
    ("airplane", "photo", 96): "c52be21510e4d7f46421860fb1ec004647bf1ed4abf430837fd94a757979fa38",
    ("airplane", "sketch", 32): "02a4c5b45affcfee75cf869ff94b150499448a18e2895abd2eef436d3c995236",
    ("airplane", "sketch", 96): "4b6bc870313174aae11aa0a9be4e5ba592ef3239828def9c70a0172e22a82b81",
    ("airplane", "height", 32): "ae4d614c0c63acabbbd164bb0e51dca28f3f1a80a57123f9f18b6e3ec253d242",
    ("airplane", "height", 96): "13e7c6230fcb94e4654c8ab09e4857be957bf1d7389f990af02f4201e0ac225c",
    ("golfcourse", "photo", 32): "6b84a4ebf07b1586bed418423fbb861f0ea6b97170aced31a0141064cba810e4",
    ("golfcourse", "photo", 96): "265e60823f48f43aed0742c7ddd02e2907cb6b9278c1fd60b321730b133aa9eb",
    ("golfcourse", "sketch", 32): "07006e8003ccdb8da7eac9c9f01f1f57fbdde1f4d5da2b61cf98750bb2d354a3",
    ("golfcourse", "sketch", 96): "df5e099f5dbdd0183218a8cd3a3f1b9b852d4f11d20ba10ebdb37452ac4cdb53",
    ("golfcourse", "height", 32): "d56a84542d4fd4bcdc0711395c9bcdf11774bbcb1ba1e3afbc8d538a89f1d47b",
    ("golfcourse", "height", 96): "becb395173811e03e1f76de3230809e462bac7d8e15d918ef9f38872e8d0e466",
    ("harbor", "photo", 32): "78318f44a609c528c6944d4bb121417eb32aae48778010c6089f6d1ba89b1474",
    ("harbor", "photo", 96): "9a3a381afe5cb96f335587d8134d700c747a2c946c48b2d457b6b4f7086d15af",
    ("harbor", "sketch", 32): "89ede30f3ea19642e3fd05341e48495419dcc2ff93a56e25d6575f7f91ad4a97",
    ("harbor", "sketch", 96): "402a683ad794e244064efcff55ee891c30f465f5a9abd91fa83c2ed482c38936",
    ("harbor", "height", 32): "90d08f20cdd35a577d16a9073ef8f3a33684e46928f3fd4bc84933be1e1d7222",
    ("harbor", "height", 96): "e2018055c2503a8cbc9163d40f444ad1b9c18b9cfe43aac770a3f4c7150b4ca8",
    ("overpass", "photo", 32): "d87ffbe546fca7f078c0a29027258b2f8cf8c003914acbf22af07182aead0cf4",
    ("overpass", "photo", 96): "5f69f1a97dcf8c0bd104cada02a5acff894f64553f3fcc0836c11d3b54fcc58f",
    ("overpass", "sketch", 32): "142966fa599b4cafdcc2de6c6b7917706b0fab5607c678ce13f25a803cd294e3",
    ("overpass", "sketch", 96): "b02f229f198973a1bf18b522dfecd01de695aa3be0d2509ac704fa3f7b7a6578",
    ("overpass", "height", 32): "85569724c81b5ccc19f06466bc99515cf7195719bf2e03738be711e687d6eb6f",
    ("overpass", "height", 96): "a8335bf2c5dbeb41545ca353ceec20c2922296b719201b73309d8f61104204e6",
    ("railway", "photo", 32): "c9490ba2960ac471f0fbdc1fbac1c9dbe1d56c925b7830e12db631c125cf53ef",
    ("railway", "photo", 96): "407bc5591d79669d4322943bae30b34399d30c1705d8720b349b507300b318a8",
    ("railway", "sketch", 32): "0e33d4afa28b10692bebf2fbc9dd19599fceaadf0d3b0dc378266b33082373a9",
    ("railway", "sketch", 96): "d3e4f6531f1944a5cd4f95c14f5c84f575b0fa4e356f39b389af96ec9cc606f5",
    ("railway", "height", 32): "ba174cdc0f14276aac48d37116a4da8394e6c31ee0febd2264a5edf48cc9c306",
    ("railway", "height", 96): "7a60cc4a5ac3e562a29521093d89adfc897219255acfb7b1f18229a0c2233b3e",
    ("storagetanks", "photo", 32): "9a80a82c53879c6ca9d4cc0255032313dc7eca3699f74373be46afa9a3df95e5",
    ("storagetanks", "photo", 96): "bc264a38638de1e24837a270d1834e76c915af22a848e6653a912461cccec133",
    ("storagetanks", "sketch", 32): "d9c3341ceae0c158e279824c4f3ede4ce59b3b019909af201238046daa3ef94e",
    ("storagetanks", "sketch", 96): "49559429230a0757259a47e55479e89ab2a8d0ede7143d1bb80cf39201e1fece",
    ("storagetanks", "height", 32): "a01605c86ee72ad4f389173043a6f53968e84acabd784591f97e0915a36b261f",
    ("storagetanks", "height", 96): "5ff81f80a7a99259fd9815f4c39600177b2953eb074a4d20468bba794385a92a",
}


@pytest.mark.parametrize(("name", "kind", "size"), GOLDEN)
def test_renders_have_their_frozen_bytes(name, kind, size):
    picture = RENDER[kind](name, SEED, INDEX, size)
    little_endian = picture.astype(picture.dtype.newbyteorder("<"))
    assert hashlib.sha256(little_endian.tobytes()).hexdigest() == GOLDEN[name, kind, size]
