//! Words that say nothing about what a text is about: articles, pronouns, prepositions, auxiliaries, question words. They
//! matter less for ranking than for evidence, where a missing "which" must not look like a missing fact.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

static STOP_WORDS: LazyLock<HashMap<&str, HashSet<&str>>> =
    LazyLock::new(|| LISTS.iter().map(|(language, words)| (*language, words.split_whitespace().collect())).collect());

/// Whether a lower-case word is a stop word of a language (ISO 639-1). Languages without a list have none.
pub fn is_stop_word(language: &str, word: &str) -> bool {
    STOP_WORDS.get(language).is_some_and(|words| words.contains(word))
}

/// The languages that have a list.
pub fn stop_word_languages() -> impl Iterator<Item = &'static str> {
    LISTS.iter().map(|(language, _)| *language)
}

/// One list a language.
const LISTS: &[(&str, &str)] = &[
    (
        "cs",
        "a aby aj ale ani aniž ano asi až bez bude budeme budete budou budu by byl byla byli bylo byly být co což \
         do dva dále i jak jako jakou jaká jaké jakého jakém jaký jakých jakým je jeho jej jejich její jen jenž \
         jestli jestliže ještě ji jich jim jimi jinak jiné jiný jsem jsi jsme jsou jste já jí k kam kde kdo kdy \
         když ke kolik kterou která které kterého kterém který kterých kterým kterými kteří ku mají mezi mi mne \
         mnou mohou moje moji možná mu my má mám máme máte mé mít mých mým mě můj může můžeme můžete můžu na nad \
         naše našeho naši ne nebo nebyl nebyla nebyli nebylo nebyly nechť nejsou není než ni nic nich nimi nám \
         námi nás náš ním o od ode on ona oni ono pak po pod podle pokud pouze pro prosím proto protože proč před \
         přes při s se sem si sice skoro smí snad stejně svou svá své svého svém svých svým svůj ta tady tak také \
         takže tam tato te tedy ten ti to tohle toho tom tomto tomu totiž toto tu tuto tvůj ty tyto té tím tímto \
         tě těch těm u už v vaše ve vy vám vámi vás váš více však vše všechny všichni z za zda zde ze čeho čem \
         čemu či článek čím že",
    ),
    (
        "de",
        "ab aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes anderm \
         andern auch auf aus bei beim bin bis bist da dadurch daher damit dann daran darauf daraus darf darin \
         darum das dass davon dazu daß dein deine deinem deinen deiner deines dem den denn der deren des dessen \
         dich die dies diese diesem diesen dieser dieses dir doch dort du durch ein eine einem einen einer eines \
         einig einige einigem einigen einiger einiges einmal er es etwas euch euer eure eurem euren eurer eures \
         für gegen gewesen hab habe haben hast hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem \
         ihren ihrer ihres im in indem ins ist ja jede jedem jeden jeder jedes jene jenem jenen jener jenes jetzt \
         kann kannst kein keine keinem keinen keiner keines können könnte machen man manche manchem manchen \
         mancher manches mein meine meinem meinen meiner meines mich mir mit muss musste muß müssen nach nicht \
         nichts noch nun nur ob oder ohne sehr sein seine seinem seinen seiner seines selbst sich sie sind so \
         solche solchem solchen solcher solches soll sollte sondern sonst um und uns unser unsere unserem unseren \
         unserer unseres unter viel viele vom von vor wann war waren warst warum was weg weil weiter welche \
         welchem welchen welcher welches wem wen wenn wer werde werden weshalb wessen wie wieder wieso wieviel \
         will wir wird wirst wo wobei wodurch wofür woher wohin wollen wollte womit worauf woraus worin wozu wurde \
         wurden während würde würden zu zum zur zwar zwischen über",
    ),
    (
        "en",
        "a about above after again against all also am among an and any are as at be because been before being \
         below between both but by can cannot could d did do does doing don done down during each either every few \
         for from further get give given got had has have having he her here hers herself him himself his how i if \
         in into is it its itself just let ll m many may me might more most much must my myself neither no nor not \
         now o of off on once only or other our ours ourselves out over own per please re s same shall she should \
         show so some such t tell than that the their theirs them themselves then there these they this those \
         through to too towards under until up upon us ve very via was we were what when where whether which while \
         who whom whose why will with within without would y you your yours yourself yourselves",
    ),
    (
        "es",
        "a al algo algunas alguno algunos ante antes aquel aquella aquellas aquello aquellos aunque bajo cada como \
         con contra cual cuales cualquier cuando cuanta cuantas cuanto cuantos cuál cuáles cuándo cuánta cuántas \
         cuánto cuántos cómo de debe deben del desde donde dos durante dónde e el ella ellas ellos en entre era \
         eran eres es esa esas ese eso esos esta estaba estaban estado estar estas este esto estos estoy está \
         están fue fueron ha haber había habían hace hacer hacia han has hasta hay he incluso la las le les lo los \
         me mi mientras mis mucho muchos muy más mí nada ni no nos nosotros nuestra nuestras nuestro nuestros o os \
         otra otras otro otros para pero poco por porque porqué puede pueden pues que quien quienes quién quiénes \
         qué se sea según ser si sido siendo sin sobre sois somos son soy su sus suya suyas suyo suyos sí también \
         tan tanto te tener tengo ti tiene tienen toda todas todo todos tras tu tus tú un una unas uno unos usted \
         ustedes vosotros vuestra vuestro y ya yo él éstas éste éstos",
    ),
    (
        "fr",
        "a afin ai aie aient aies ait alors après as au aucun aucune aussi autre autres aux avaient avais avait \
         avant avec avez aviez avions avoir avons ayant c car ce ceci cela celle celles celui ces cet cette ceux \
         chaque chez ci combien comme comment contre d dans de depuis des dois doit doivent donc dont du elle \
         elles en encore entre es est et eu eut eux faire fait faut font furent fut il ils j je jusqu jusque l la \
         laquelle le lequel les lesquelles lesquels leur leurs lors lorsque lui là m ma mais me mes moi moins mon \
         même mêmes n ne ni non nos notre nous on ont ou où par parce pas pendant peu peut peuvent plus pour \
         pourquoi pu puis puisque qu quand que quel quelle quelles quels qui quoi s sa sans sauf se selon sera \
         serait seront ses si soit sommes son sont sous suis sur t ta tandis te tel telle telles tels tes toi ton \
         tous tout toute toutes très tu un une vers voici voilà vos votre vous y ça étaient étais était étant été \
         étés être à",
    ),
    (
        "it",
        "a ad agli ai al alla alle allo anche ancora avere aveva avevano c che chi ci cioè ciò coi col come con \
         contro cosa così cui d da dagli dai dal dall dalla dalle dallo degli dei del dell della delle dello di \
         dopo dove due e ed era erano essere fa fare fino fra gli ha hai hanno ho i il in io l la le lei li lo \
         loro lui là ma me mentre mi mia mie miei mio molto ne negli nei nel nell nella nelle nello no noi non \
         nostra nostre nostri nostro o ogni oltre per perché però più poi possono prima può qual quale quali \
         quando quanta quante quanti quanto quel quella quelle quelli quello quest questa queste questi questo qui \
         s sarà se sei senza si sia siamo siano siete sono sopra sotto sta stata state stati stato su sua sue \
         sugli sui sul sull sulla sulle sullo suo suoi tra tu tua tue tuo tuoi tutta tutte tutti tutto un una uno \
         v vi voi vostra vostro è",
    ),
    (
        "nl",
        "aan aangezien al alle alleen alles als altijd andere anders ben bij daar daarna dan dat de der des deze \
         die dit doch doen door dus een eens en er ertussen ge geen geweest had hadden heb hebben hebt heeft hem \
         het hier hij hoe hoeveel hun iemand iets ik in is ja je jij jou jouw jullie kan kon kunnen kunt maar me \
         meer men met mij mijn moet moeten na naar niet niets nog nu of om omdat onder ons onze ook op over reeds \
         te tegen toch toen tot tussen u uit uw van veel voor vooral waar waarbij waardoor waarin waarmee waarom \
         waarvan wanneer want waren was wat we wel welk welke werd werden wie wij wil worden wordt zal ze zelf \
         zich zij zijn zo zoals zonder zou zouden zullen",
    ),
    (
        "pl",
        "a aby ale ani az aż bardzo bez bo by być był była było były będzie będą chociaż choć ci co czego czemu \
         czy czyli dla dlaczego do gdy gdyż gdzie go i ich ile im inna inne inny ja jak jaka jaki jakich jakie \
         jako je jednak jego jej jest jestem jeszcze jeśli jeżeli już ją kiedy kto która które którego której \
         który których którym którzy ku lub ma mają mam mi między mnie mogą może możemy można mu my mój na nad nam \
         nas nasz nasze nawet nich nie nim niż no o od on ona one oni ono oraz pan po pod podczas ponieważ poza \
         przed przez przy również się sobie swoje są ta tak także tam te tego tej ten też to tu twój ty tych tylko \
         tym u w wam was we wiele więc wszystko wy z za zawsze ze że żeby",
    ),
    (
        "pt",
        "a ainda algum alguma algumas alguns além ao aos apenas após aquela aquelas aquele aqueles aquilo as até \
         cada com como contra da das de dela delas dele deles depois desde dessa dessas desse desses desta destas \
         deste destes deve devem do dos durante e ela elas ele eles em enquanto entre era eram essa essas esse \
         esses esta estar estas estava este estes está estão eu faz fazer foi foram há isso isto já la lhe lhes lo \
         mais mas me mesmo meu meus minha minhas muito muitos na nas nem no nos nossa nossas nosso nossos num numa \
         não nós o onde os ou outra outras outro outros para pela pelas pelo pelos perante pode podem pois por \
         porque porquê quais qual qualquer quando quanta quantas quanto quantos que quem quê se seja sem sempre \
         sendo ser será seu seus si sido sob sobre sua suas são também te tem tendo ter teu teus teve tinha toda \
         todas todo todos tu tua tuas tudo tão têm um uma umas uns você vocês vos à às é",
    ),
    (
        "sk",
        "a aby aj ak ako aká aké aký ale alebo ani bez bol bola boli bolo by byť cez do ešte ho i iba ich im ja je \
         jeho jej ju k kam kde kedy keď kto ktorá ktoré ktorí ktorý ku ma mať medzi mi my má môj môže mňa na nad \
         ne nich nie nám nás náš o od on ona oni ono po pod podľa pokiaľ potom pre pred prečo pri práve s sa si \
         sme so som ste svoj sú ta tak takže tam teda ten tento tie to toho tom tomu toto tu ty táto tí tú tým u \
         už v viac vo vy vám vás váš však všetko z za zo áno či čo že",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn question_words_say_nothing() {
        assert!(is_stop_word("fr", "où") && is_stop_word("cs", "který") && is_stop_word("de", "welche"));
        assert!(!is_stop_word("en", "printer") && !is_stop_word("xx", "the"));
    }
}
