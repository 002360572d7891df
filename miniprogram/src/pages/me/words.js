module.exports = {
  title: '我的', nameless: '您好', homes: '我的家', none: '还没有绑定', many: '户', consents: '我的同意', privacy: '您的信息怎么用',
  big: '大字', phone: '手机号', bindPhone: '用微信里的手机号', hazards: '我报过的隐患', work: '工作', leave: '退出',
  leaveSure: '退出后，这台手机上不再显示您的事。', yes: '退出', no: '不退', visits: '入户走访', rollcall: '点名', about: '您的信息',
}
