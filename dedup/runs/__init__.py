"""A run over files.

Takes the files of a corpus, streams their documents through a decision, writes what is kept, and records what is
removed so that a run can be resumed and undone. Does not talk to a person."""
