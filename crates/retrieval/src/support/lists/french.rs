//! French.

use super::Lists;

pub(super) const FRENCH: Lists = Lists {
    language: "fr",
    same: "
acheter achat acquérir acquisition
coût prix tarif frais coûter montant
payer paiement régler règlement verser versement payant acquitter
argent somme
gratuit gratuitement offert
commencer début débuter démarrer commencement lancer
finir fin terminer achever cesser expirer expiration échéance
permettre autoriser autorisation permis permise possible pouvoir permission
devoir obligatoire exiger obligation nécessaire falloir requis requise imposer obligé indispensable faut doit doivent tenu
interdire interdit interdite défendu défendus prohiber proscrire interdiction
facultatif optionnel
refuser rejeter décliner refus
accepter approuver admettre
montrer afficher présenter indiquer
dire informer prévenir avertir signaler avis notifier annoncer
demander demande solliciter réclamer requête
répondre réponse
envoyer expédier envoi livrer livraison transmettre adresser expédition
recevoir obtenir réception percevoir toucher
garder conserver stocker conservation maintenir
supprimer effacer enlever retirer suppression ôter
changer modifier modification changement
réparer réparation dépanner
remplacer remplacement échanger échange substituer
annuler annulation résilier résiliation
rendre retourner retour rembourser remboursement restituer renvoyer
client acheteur consommateur clientèle
vendeur commerçant magasin boutique
employé salarié travailleur personnel agent
patron employeur chef supérieur responsable
entreprise société firme
médecin docteur
maladie malade
médicament remède
enfant mineur
adulte majeur
personne individu humain gens quelqu
utilisateur usager membre
maison logement habitation domicile
appartement logement
voiture véhicule automobile auto
rue route voie
ville commune cité
pays nation état
zone région secteur
grand gros vaste important énorme
petit petite minuscule faible
rapide vite rapidement
souvent fréquent fréquemment régulièrement
an année annuel annuellement
mois mensuel mensuellement
semaine hebdomadaire
jour quotidien journée quotidiennement
heure horaire
augmenter croître hausse accroître augmentation croissance grimper
diminuer baisser baisse réduire réduction chute diminution
environ approximativement près autour
maximum limite plafond maximal
entier complet total intégral totalité ensemble
partie part portion fraction
sorte type genre
cause provoquer entraîner causer
effet impact influence conséquence
aider aide assister assistance soutien
utiliser employer servir usage utilisation emploi
faire fabriquer produire créer construire fabrication
marcher fonctionner fonctionnement
arrêter stopper cesser arrêt
ouvrir ouverture ouvert
fermer fermeture fermé clos
entrer entrée accès accéder
partir départ sortir sortie quitter
arriver arrivée parvenir
choisir choix sélectionner opter
trouver découvrir détecter
chercher rechercher recherche
vérifier contrôler contrôle examiner inspecter
protéger protection sécuriser
danger risque
dommage dégât endommager abîmer
casser cassé panne défectueux défaut
erreur faute
problème souci difficulté
contrat accord convention
loi législation texte
tribunal juge cour juridiction
règle règlement règlementation
délai échéance
retard tard reporter
avant préalable préalablement précédent
après suivant ensuite suivre
durant pendant lors
proche près
dépasser excéder supérieur
inférieur dessous
chaud chaleur
froid fraîcheur
rester demeurer restant
contenir comprendre inclure comporter compris inclus
exclure sauf excepté exception exclu exclus
relier connecter lier raccorder connexion
diviser séparer partager
mélanger mêler
signer signature
inscrire inscription enregistrer enregistrement
compte profil
fichier document dossier
page site
ordinateur machine appareil
écran affichage
image photo photographie
téléphone téléphoner appeler appel
lettre courrier
courriel mail mél email
adresse lieu
déplacer transférer transfert
voyage trajet voyager
vacances congé congés
bagage valise sac
billet ticket titre
train ferroviaire
avion vol
bateau navire
repas nourriture manger aliment
boisson boire
enseigner former formation
apprendre étudier
école élève étudiant
réserver réservation
écrivain auteur écrire écrit
mer océan
terre sol terrain
montagne sommet
arbre bois forêt
poids peser lourd
hauteur haut
longueur long
largeur large
profondeur profond
vieux ancien âgé
jeune jeunesse
premier initial
dernier final
principal essentiel
supplémentaire davantage additionnel
seulement uniquement exclusivement seul
même identique égal
différent divers distinct
immédiatement aussitôt directement
automatique automatiquement
visible voir
cacher masquer caché
apparaître survenir produire
donner accorder fournir proposer offrir attribuer
posséder appartenir détenir propriétaire
parler dire
penser croire estimer considérer
savoir connaître
essayer tenter
gagner victoire
perdre perte perdu perdus
mort mourir tuer décès
naissance naître né
pousser cultiver
tourner rotation
sec sécher
laver nettoyer nettoyage
vide vacant
correct juste exact
certain sûr
assez suffisant suffire
généralement habituellement normalement
mondial monde
double deux
moitié demi
propriétaire bailleur
louer location
panne dysfonctionnement
",
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
souvent fréquemment | rarement
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
