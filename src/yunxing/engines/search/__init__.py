"""Exact search: what is asked for, folded and cut into pairs, and where in a text it stands. The index itself is `io.store.searchindex`."""

from yunxing.engines.search.fold import Folded, fold, fold_with_map
from yunxing.engines.search.numbers import DocNumber, doc_number
from yunxing.engines.search.query import Filters, Query, exact, parse
from yunxing.engines.search.spans import Mark, holds, marks

__all__ = ["DocNumber", "Filters", "Folded", "Mark", "Query", "doc_number", "exact", "fold", "fold_with_map", "holds", "marks", "parse"]
