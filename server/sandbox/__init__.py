"""The sandbox: the platforms played on this machine, with phones to hold in the hand.

``Simulator`` answers the calls that hemei makes of the service account, the mini-program and WeCom with the
limits, error codes and JSON shapes of the platforms' pages; ``SimulatorServer`` puts it on a loopback port;
``blueprint`` mounts it, with the page of phones, in the demo. Only the demo and tests import this package.
"""
