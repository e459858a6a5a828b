//! English.

use super::Lists;

pub(super) const ENGLISH: Lists = Lists {
    language: "en",
    same: "
buy purchase acquire
cost price fee charge rate tariff
pay payment paid settle
money funds sum amount
free gratis complimentary
begin start commence launch onset
end finish conclude conclusion cease terminate expire expiry
allow permit authorise authorize let enable may permission entitle
must require required mandatory compulsory obligatory obliged obligation necessary need needed have
forbid forbidden prohibit ban bar disallow
optional voluntary
refuse reject decline deny turn
accept approve agree
show display present
tell inform notify notification notice advise warn alert
ask request apply application demand
answer reply respond response
send dispatch ship deliver mail post forward transmit
receive get obtain collect
keep retain store preserve hold maintain save kept
delete remove erase discard
change modify alter edit amend adjust
repair fix mend
replace substitute swap exchange
cancel annul revoke withdraw
return refund reimburse repay back
buyer customer client purchaser consumer shopper
seller vendor merchant shop store retailer
worker employee staff personnel
boss manager supervisor superior
company firm business enterprise employer organisation organization
doctor physician
illness disease sickness ill sick
medicine drug medication
child children kid minor
adult grown
person people individual human someone anyone
user member
house home dwelling
apartment flat
car vehicle automobile
street road
town city
country nation state
area region zone
big large great huge vast
small little tiny
fast faster fastest quick quicker rapid speedy swift
slow slower slowly gradual
often frequent regular
year annual yearly
month monthly
week weekly
day daily
hour hourly
increase grow rise raise climb growth
decrease decline fall drop reduce shrink lower reduction cut
about approximate approximately roughly around nearly almost
maximum limit cap ceiling
whole entire complete full total
part portion share fraction
kind type sort
cause lead result trigger
effect impact influence
help assist support aid assistance
use employ utilise utilize usage
make produce manufacture create build construct
work function operate run
stop halt pause cease
open opening
close shut closed closing
enter entry entrance access admission
leave exit depart departure
arrive arrival reach
buyers purchasers
choose select pick choice
find discover locate detect
look search seek
check verify examine inspect control test
protect guard secure safeguard protection
danger risk hazard
safe secure
damage harm injure hurt
break broken fracture fault faulty defective defect
error mistake fault failure bug
problem issue trouble difficulty
contract agreement
law act statute legislation
court tribunal judge
rule regulation policy
deadline limit
delay postpone late
before prior previous earlier ahead
after following later subsequent afterwards
during while throughout
near close nearby
above over exceed
below under beneath
hot warm heat
cold cool chill
rest remain remainder remaining stay
contain include comprise comprised hold consist
exclude except omit exception exclu exclussion
connect link attach join connection
divide split separate
mix blend combine
sign signature
register registration enrol sign
password passcode
account profile
file document record
page site website
computer machine device
screen display monitor
picture image photo photograph
phone telephone call
email mail
address location
move transfer relocate
travel journey trip
holiday vacation leave
luggage baggage bag suitcase
ticket pass
train rail
plane aircraft flight fly
boat ship vessel
food meal eat
drink beverage
water moisture
teach instruct train
learn study
school pupil student
book booking reserve reservation
writer author write
sea ocean
earth soil ground land
mountain peak summit
tree wood forest
light bright
weight weigh heavy
height tall high
length long
width wide
depth deep
old elderly aged
young youth
first initial
last final
main chief principal primary
additional extra further more supplementary
only solely exclusively just
same identical equal
different differ various distinct
immediate immediately instantly straight directly promptly
automatic automatically itself
written write writing
free released
visible see view
hide conceal hidden
appear occur happen
given grant give provide supply offer
take took taken
own possess belong
speak talk say
think believe consider
know aware
try attempt
win victory
lose loss lost
kill death die dead
birth born
grow cultivate
turn rotate spin
attach fasten fix
dry drying
clean wash
empty vacant
correct right accurate
certain sure
enough sufficient suffice
usually normally generally typically
worldwide global
twice double
half halve
",
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
often frequent usually | rarely seldom
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
    denying: "not no never none nobody nothing neither nowhere cannot without unable fail lack hardly barely",
    half_denying: "refuse reject forbid prohibit ban stop cease prevent avoid exclude decline deny disallow free revoke expire lapse \
                   quit except reluctant impossible illegal invalid void lose rather instead damage harm dangerous",
    pronouns: "it they them he she him this these those its their",
    clause: "but although though while whereas because if unless which who whose whom when where whenever so however until once since",
    joining: "and or",
    predicate: "is are was were be been can cannot may might must will would should has have had do does did not never no it they he she \
                we you this there t shall could",
    bound: "until unless before without except only yet otherwise",
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
