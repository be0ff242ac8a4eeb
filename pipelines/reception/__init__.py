"""Reception: complete files leave the companies' folders for the archive and the journal."""
