"""What people look at.

Takes removals and gives pages, samples to judge, and pairs near the thresholds. Changes no file of a corpus."""
