"""Languages, trees and the places in a text: comments, strings, units."""
