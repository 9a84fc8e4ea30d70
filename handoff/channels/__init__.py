"""What a channel's own shapes and limits are; pure, so that they can be read and tested as tables."""
