"""Delivery: where a parcel is and when it comes."""
