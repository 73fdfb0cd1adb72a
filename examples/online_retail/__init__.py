"""The UCI Online Retail file as the raw layer of a shop."""
