"""Text against text: fingerprints, the index that holds them, and the search for shared regions."""
