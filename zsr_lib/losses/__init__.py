"""One loss per file: a pure function and a thin module.

Rows of two modalities that stand at the same index belong together; "photo" and "sketch" may be any two modalities.
Unless a function says otherwise, a loss of rows is the **mean over the batch of squared Euclidean norms**: summed over
dimensions, averaged over rows, so that it grows with the size of the code. Names with ``legacy`` reduce as a released
code does instead. Half-precision input is computed in float32, also under autocast.
"""
