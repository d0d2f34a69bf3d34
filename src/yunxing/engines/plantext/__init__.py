"""Policy text in, structured plan out: small named passes, in order, each a pure function giving spans.

``clean → lines → tree → heads → measures → brackets → quantities → bounds → subsidies → deadlines → tail``. The raw text is never
edited: a pass that mends works on a view with an offset map. What no rule explains is marked 「待确认」 with a reason.
"""

from yunxing.engines.plantext.model import UNSURE, Plan
from yunxing.engines.plantext.run import import_text

__all__ = ["UNSURE", "Plan", "import_text"]
