"""Benefits: points and coupons."""
