"""How the product is set up, started, watched, checked and measured: everything behind `./ieum`."""
