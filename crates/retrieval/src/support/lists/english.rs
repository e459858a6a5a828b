//! English.

use super::Lists;

pub(super) const ENGLISH: Lists = Lists {
    language: "en",
    same: include_str!("english.txt"),
    opposite: "
allow permit authorise authorize accept approve legal entitle permitted | forbid forbidden prohibit ban refuse reject deny illegal disallow exclude
require required mandatory compulsory obligatory necessary must | optional voluntary unnecessary
include contain comprise cover | exclude omit except
accept agree approve | refuse reject decline deny
possible able capable | impossible unable incapable
open | close closed shut
increase grow rise raise climb more higher | decrease fall drop reduce shrink lower less fewer reduction
before earlier prior | after later following
maximum | minimum
always | never sometimes rarely
everyone everybody everything all | nobody nothing none
often frequent frequently usually common usual | rarely rare seldom uncommon exceptional
first | last
left | right
higher above over | lower below under beneath
free complimentary | charge paid pay fee cost payable
public | private
enable activate on | disable deactivate off
early | late
begin start | end finish stop
win | lose
buy purchase | sell
true | false
success succeed successful | fail failure unsuccessful
legal lawful | illegal unlawful
permanent permanently | temporary temporarily
inside indoors | outside outdoors
same identical | different
hot hotter warm warmer | cold colder cool cooler
strong stronger | weak weaker
long longer | short shorter
large larger big bigger | small smaller little
fast faster quick quicker | slow slower slowly
easy easier simple | difficult hard harder complicated
safe harmless | dangerous harmful unsafe
with | without
present presence | absent absence
enter arrive | leave depart exit
add | remove delete
keep retain | delete discard destroy
create | destroy
visible | hidden invisible
automatic automatically | manual manually
expensive | cheap cheaper
full | empty
wet damp | dry
light lighter | heavy heavier
import | export
gain profit | loss
alive | dead
internal | external
north northern | south southern
east eastern | west western
best | worst
better | worse
majority | minority
positive | negative
approximately roughly about | exactly precisely
encourage recommend advise | discourage
remember | forget
together | separately
",
    general: "use make get do have take give go come put new also other many way thing time want provide available find work possible \
              number part example well case several own good however need can such",
    denying: "not no never none nobody nothing neither nowhere cannot without unable hardly barely",
    half_denying: "refuse reject forbid prohibit ban stop cease prevent avoid exclude decline deny disallow free revoke expire lapse fail lack \
                   quit except reluctant impossible illegal invalid void lose rather instead damage harm dangerous",
    pronouns: "it they them he she him this these those its their",
    clause: "but although though while whereas because if unless which who whose whom when where whenever so however until once since",
    conditional: "if unless whether once",
    joining: "and or",
    predicate: "is are was were be been can cannot may might must will would should has have had do does did not never no it they he she \
                we you this there t shall could",
    bound: "until unless before without except only otherwise",
    universal: "all every always each any everyone everybody everything entirely completely invariably whole only solely exclusively",
    partial: "some most sometimes often usually generally certain part partly partially mostly many several few majority half \
              occasionally frequently typically",
    at_most: "
no more than
not more than
no later than
not later than
no longer than
not longer than
not exceed
never exceed
without exceeding
no higher than
at most
at the latest
up to
a maximum of
",
    at_least: "
no less than
not less than
no fewer than
no earlier than
not earlier than
no shorter than
at least
at the earliest
a minimum of
",
    harmless: "
not only
not just
not hesitate
not forget
t forget
no matter
no doubt
not to mention
whether or not
",
    numbers: "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen \
              nineteen",
    months: "january february march april may june july august september october november december",
    days: "monday tuesday wednesday thursday friday saturday sunday",
};
