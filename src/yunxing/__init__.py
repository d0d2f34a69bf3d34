"""yunxing 运行: runs a government's industrial action plan."""

__version__ = "0.1.0"
