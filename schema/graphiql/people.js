// Words of the landing page: user types, and what each person of the demo city can try.
export const TYPES = {
  PERSON: ['个人', 'person'],
  UNIT: ['法人单位', 'unit'],
  TRAINING_BASE: ['培训机构/培训基地', 'training institution or base'],
  CITY_DEPARTMENT: ['市属单位的主管部门', 'municipal department'],
  DISTRICT_DEPARTMENT: ['区县所属单位的主管部门', 'district department'],
  DISTRICT_BUREAU: ['区县人社局', 'district bureau'],
  CITY_BUREAU: ['市人社局', 'municipal bureau'],
};

export const CROWDS = [
  [['个人', 'Persons'], ['person']],
  [['单位', 'Units'], ['unit']],
  [['主管部门', 'Departments'], ['city_department', 'district_department']],
  [['人社局', 'Bureaus'], ['district_bureau', 'city_bureau']],
  [['培训基地', 'Training bases'], ['training_base']],
];

export const STORIES = {
  person: ['申报培训、上传证明、送审、回收；看草稿、退案和历年学时', 'declare a course, upload its proof, submit, recall; see drafts, a return and yearly totals'],
  new_person: ['未填个人资料：填好之前什么都不开放', 'without a profile: nothing opens before it is filled in'],
  handler: ['经办人：给出第一份意见，签收，选用批注', 'handler: give the first opinion, claim a task, pick a remark'],
  unit_leader: ['单位领导：结案、不同意或退回内部（两人规则）', 'unit leader: pass, reject or hand back inside (two-person rule)'],
  unit_admin: ['系统管理员：释放被签收的待办；本身不审核', 'administrator: release a claimed task; reviews nothing'],
  initial_checker: ['初验：查看本单位人员的常规验证情况', 'initial checker: annual overview of the people of the unit'],
  lone_handler: ['单位唯一的审核人：先审，第二人由上级代审', 'only reviewer of a unit: the superior body gives the second person'],
  point_handler: ['直接申报点经办人：审核没有单位的人员', 'handler of the direct declaration point: people without an employer'],
  point_leader: ['直接申报点领导：结束审核', 'leader of the direct declaration point: end its reviews'],
  two_seats: ['一人多岗：登录时选择身份；两个身份仍算一个人', 'two seats: choose at sign-in; both are one and the same reviewer'],
  checker: ['市建设主管部门：查看下属各单位的记录', 'municipal department: the records of all units below it'],
  health_checker: ['另一个主管部门：看到的是另一批记录', 'another department: its rows are other rows'],
  culture_checker: ['第三个主管部门', 'a third department'],
  stand_in: ['代审：为只有一名审核人的单位担任第二人', 'stand-in: the second person for a unit with one reviewer'],
  second_stand_in: ['当唯一的审核人就是申请人时，担任另一人', 'the other person when the only reviewer is the applicant'],
  education_checker: ['教师的记录，多数由数据对接而来', 'the records of teachers, most of them from the feed'],
  clinic_checker: ['社区卫生机构的记录', 'the records of the community clinic'],
  library_checker: ['图书馆的记录', 'the records of the library'],
  district_checker: ['区人社局：认定本区人员的公需课', 'district bureau: recognise public courses of its people'],
  mumian_checker: ['另一个区：同样的工作', 'the same in the other district'],
  city_checker: ['市人社局：认定市属单位和申报点的公需课', 'municipal bureau: recognise public courses of municipal units'],
  city_rechecker: ['复验：查阅全市', 're-checker: read the whole city'],
  division_leader: ['处领导：查阅全市', 'division leader: read the whole city'],
  intake_clerk: ['受理与复核：一个身份，两个用户组', 'intake and examination: two groups in one seat'],
  training_base: ['本基地登记的记录，别无其他', 'the records the base has registered, and no others'],
  technical_base: ['另一个基地：同样的工作', 'the same for the other base'],
};
