"""What operators decide about conversations, as data: one file a policy, refused on loading when it does not fit."""
