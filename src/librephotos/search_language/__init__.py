"""What a search text asks for; knows no Django."""
