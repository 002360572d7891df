module.exports = {
  title: '我的家', none: '还没有绑定的房子。不绑定也能报事；看自家账单要先绑定。', waiting: '等确认', bound: '已绑定', leave: '解绑',
  leaveSure: '解绑后，这里不再显示这一户的账单和通知。', yes: '解绑', no: '不解',
  phoneNeeded: '要先用微信里的手机号，才能看自家的账单。', homeNeeded: '要先绑定住的房子。', bindPhone: '用微信里的手机号',
  add: '绑定一户', scan: '扫单元门上的码', look: '没有码，找小区和楼号', door: '在', room: '室号', roomHint: '比如：302', how: '怎么证明',
  proofs: ['我的手机号登记在这一户', '请社区来核实', '请家里已绑定的人同意'], send: '绑定',
  boundSaid: '绑定好了。', waitingSaid: '记下了，等人确认，确认好告诉您。', notDoor: '这个码不是单元门上的。',
  needed: '请先扫门上的码，或者找到楼号，再写室号。', requests: '有人想绑定您家', mark: '核实号', markAsk: '请对方报核实号，要和这个一样：', markHint: '社区或者家里人问到，就报这六个数。别发到群里。', agree: '是家里人，同意', refuse: '不认识，不同意',
}
