"""hemei demo"""

import click


@click.command(name="demo")
@click.option("--port", type=click.IntRange(1, 65535), help="Where to listen on 127.0.0.1; otherwise 8000.")
@click.option("--story", is_flag=True, help="Play the main job without a browser and print it.")
def command(port: int | None, story: bool) -> None:
    """A throw-away service with a small town and WeChat played beside it."""
    from server.demo.run import demo

    demo(port, story=story)
