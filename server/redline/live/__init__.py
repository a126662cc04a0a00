"""What happens to a project while it is worked on: texts, edits, origins, watching. No pygls."""
