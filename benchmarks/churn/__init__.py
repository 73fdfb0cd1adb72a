"""The churn model by time split: what it said, and what customers then did."""
