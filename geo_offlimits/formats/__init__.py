"""Files in and out: the edition, lists people have, sheets people sign."""
