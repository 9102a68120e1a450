"""Rules about files of the nodes: what the programs that read them would refuse, or what would go wrong unseen."""
