"""What proves that a fund is as it was published: fingerprints, a sealed chain, its anchors."""
