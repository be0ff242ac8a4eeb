"""Exchange files: what companies send and are sent, test and real, by the book."""
