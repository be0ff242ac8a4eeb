"""What the space of the companies asks is answered here, beside the pages, within a second."""
