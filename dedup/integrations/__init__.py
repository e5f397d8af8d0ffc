"""What other programs load by name; each module needs the package whose name it bears."""
