"""Local stand-ins for the tills' servers, over real HTTP on loopback, their traps included."""
