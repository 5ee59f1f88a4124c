"""What people do in a shell: find characters, download flags."""
