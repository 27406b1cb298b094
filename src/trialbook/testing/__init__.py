"""What tests of Trialbook and of its extensions use: contracts, strategies, and servers to drive."""
