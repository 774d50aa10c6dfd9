"""Jobs, stages and which models made what."""
