"""Industrial chains: who supplies whom, where a link is missing or weak, what hangs on one firm, and who is hit when if it stops."""
