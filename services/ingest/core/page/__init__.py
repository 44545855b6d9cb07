"""Finding the article on a page: in the text that a browser copies, and in its HTML."""
