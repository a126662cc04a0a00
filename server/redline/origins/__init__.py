"""Who produced which text: assistants' sessions and authorship records."""
