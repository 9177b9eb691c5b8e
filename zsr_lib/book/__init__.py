"""From text notebooks to executed pages: jupytext → papermill → Jupyter Book with execution off."""
