"""Commands that ask an emulator or AWS, one module each."""
