//! French.

use super::Lists;

pub(super) const FRENCH: Lists = Lists {
    language: "fr",
    same: include_str!("french.txt"),
    opposite: "
permettre autoriser autorisé accepter légal admis | interdire interdit interdite refuser rejeter illégal exclure
obligatoire exiger nécessaire requis requise | facultatif optionnel inutile
inclure comprendre comporter compris inclus | exclure exclu exclus sauf excepté
accepter approuver | refuser rejeter décliner
possible capable | impossible incapable
ouvrir ouvert | fermer fermé clos
augmenter croître hausse accroître davantage | diminuer baisser baisse réduire réduction
avant | après
maximum maximal plafond | minimum minimal
toujours | jamais parfois rarement
tout tous toute toutes chacun | aucun aucune rien
souvent fréquemment fréquent fréquente courant | rarement rare exceptionnel
premier | dernier
gauche | droite
supérieur dessus plus | inférieur dessous moins
gratuit gratuitement offert | payant payer frais coûter
public | privé
activer | désactiver
tôt | tard
commencer début débuter | finir fin terminer
gagner | perdre
acheter achat | vendre vente
vrai | faux
réussir succès réussite | échouer échec
légal licite | illégal illicite
définitif définitivement permanent | temporaire temporairement provisoire
intérieur dedans | extérieur dehors
même identique | différent
chaud | froid
fort | faible
long | court
grand gros | petit petite
rapide vite rapidement | lent lentement
facile simple | difficile compliqué
sûr inoffensif | dangereux nocif
avec | sans
présence présent | absence absent
entrer arriver arrivée | sortir partir départ quitter
ajouter | supprimer enlever retirer
garder conserver | supprimer jeter détruire
créer | détruire
visible | caché invisible
automatique automatiquement | manuel manuellement
cher coûteux | économique
plein | vide
humide mouillé | sec
léger | lourd
importer importation | exporter exportation
gain bénéfice | perte
vivant | mort
interne | externe
nord | sud
est orient | ouest occident
meilleur mieux | pire
majorité | minorité
positif | négatif
environ approximativement | exactement précisément
encourager recommander conseiller | décourager déconseiller
ensemble | séparément
",
    general: "faire avoir utiliser mettre prendre aller venir donner nouveau autre plusieurs chose temps falloir trouver exemple cas bien \
              ainsi propre bon nombre partie disponible façon manière chaque tel pouvoir peut peuvent devoir doit doivent faut",
    denying: "aucun aucune jamais sans ni nul nulle pas impossible guère dépourvu",
    half_denying: "refuser refus interdire interdit interdite cesser arrêter empêcher éviter exclure rejeter proscrire défendu défendus gratuit expirer \
                   perdre supprimer illégal nul plutôt lieu invalide endommager abîmer nuire dangereux",
    pronouns: "il ils elle elles le la les lui leur ceux celle celles celui cela ceci y en",
    clause: "mais car si quand lorsque lorsqu qui dont où sauf tandis cependant toutefois puisque parce alors comme puis",
    conditional: "si sauf dès",
    joining: "et ou",
    predicate: "est sont était étaient être peut peuvent doit doivent a ont avait sera seront faut ne n il elle ils elles on ce se vous \
                nous pas y pourra devra devront s",
    bound: "avant sans sauf tant jusqu seulement seul uniquement encore hors",
    universal: "tout tous toute toutes chaque toujours chacun entièrement totalement systématiquement seul seulement uniquement exclusivement \
                quiconque",
    partial: "certains certaines quelques parfois souvent plupart partie partiellement généralement plusieurs majorité moitié peu \
              habituellement occasionnellement",
    at_most: "
pas plus de
pas plus tard
pas dépasser
pas excéder
jamais dépasser
sans dépasser
sans excéder
au plus
au maximum
au plus tard
dans la limite de
jusqu à
",
    at_least: "
pas moins de
au moins
au minimum
au plus tôt
",
    harmless: "
non seulement
pas seulement
n hésitez pas
n oubliez pas
ne pas oublier
ne pas hésiter
sans doute
non plus
ou non
sans cesse
",
    numbers: "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    months: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    days: "lundi mardi mercredi jeudi vendredi samedi dimanche",
};
