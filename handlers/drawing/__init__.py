"""What drawings are made of: pure arithmetic from counts to lengths, for the SVG of
templates/pages/_drawing.html.

No script draws anything, every part has its number beside it, and patterns say in grey what colours say.
"""
