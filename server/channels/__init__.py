"""The platforms' interfaces: wechatpy composes the calls, our own transport carries them."""
