"""Text in, tokens out.

Takes documents and columns of texts, cuts them into paragraphs, and folds these to tokens with flags, all in one buffer.
Does not compare anything."""
