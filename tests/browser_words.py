"""What is left in Chinese on an English page: the question every browser test asks the page."""

from __future__ import annotations

LEFT_IN_CHINESE = """() => {
  const found = [], chinese = /[\\u3400-\\u9fff]/;
  const excepted = (node) => node.closest("[lang^=zh], script, style, #id_user, #id_unit, #leave_user, #leave_successor");
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (chinese.test(node.data) && !excepted(node.parentElement)) found.push(node.data.trim());
  }
  for (const node of document.querySelectorAll("[title], [aria-label], [placeholder], [data-label]"))
    for (const name of ["title", "aria-label", "placeholder", "data-label"])
      if (chinese.test(node.getAttribute(name) || "") && !excepted(node)) found.push(name + ": " + node.getAttribute(name));
  return found;
}"""
