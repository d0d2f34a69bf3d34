"""Workbooks in and out: `read_book`, `write_book`, `annotate_book`."""

from yunxing.io.books.annotate import annotate_book
from yunxing.io.books.read import read_book, read_books
from yunxing.io.books.write import book_bytes, write_book

__all__ = ["annotate_book", "book_bytes", "read_book", "read_books", "write_book"]
