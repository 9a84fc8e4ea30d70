"""Announcements: what staff have the bot tell every customer for a while, such as a strike of couriers."""
