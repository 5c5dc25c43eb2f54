#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Doxygen's input filter: prints a header with what its comments say by house style said in Doxygen's way.
#   1. The inline namespace of the instruction set is no part of a name: linnet::conv2d_options.
#   2. A comment holds for each name of its declaration: `/// Of the window.` before `int height = 1, width = 1;`.
#   3. Within one header a member's name means one thing: its first comment holds for those of the same name that follow
#      without one (overloads; what problem and descriptor, or all tags, roundings and options of a header have).
#   4. A function or type without a comment that is named as in the standard library (size, begin, operator*) means what
#      it does there.
#   5. Protected members are as good as private: nobody is asked to derive.
#   6. Namespaces called detail are left out.
#   7. What is defaulted or deleted, a deduction guide and a friend say it themselves.
# Lines keep their numbers, so that Doxygen's warnings name lines of the source. The layout is clang-format's.
use strict;
use warnings;

my %said;                  # the comment of each name so far
my %standard = map { $_ => 1 } qw(value_type element_type error_type data size size_bytes capacity empty full begin end
  front back last subspan push_back has_value error operator* operator-> operator[] operator== operator() operatorbool);
my ($comment, $statement, $first) = ('', '', 0);
my @scopes = ('members');  # what surrounds: members, or statements of a function and the like
my $hidden = 0;            # scopes when a namespace called detail began; 0: not inside one

my $angles = qr/(?<angles><(?:[^<>]|(?&angles))*>)/;
my $template = qr/template\s*$angles\s*(requires\b.*)?/s;
my $holds_members = qr/^\s*($template)?(inline |typedef )?(struct|class|union|namespace|extern)\b/;
my @lines = <>;

# The name that a declarator (`std::int32_t rows = 1`, `std::byte bytes[4]{}`) declares.
sub name_of {
  my ($declarator) = @_;
  $declarator =~ s/\s*(=(?!=)|\{).*//s;
  $declarator =~ s/\s*:\s*\d+\s*$//;
  1 while $declarator =~ s/\s*\[[^\[\]]*\]\s*$//;
  return $declarator =~ /(\w+)\s*$/ ? $1 : '';
}

# Its parts between commas that are outside of brackets.
sub declarators {
  my ($declaration) = @_;
  my ($depth, @parts) = (0, '');
  for my $c (split /(<<|->|<=>|[<(\[{>)\]},])/, $declaration) {
    ++$depth if $c =~ /^[<(\[{]$/;
    --$depth if $c =~ /^[>)\]}]$/;
    if ($c eq ',' && $depth == 0) { push @parts, '' }
    else { $parts[-1] .= $c }
  }
  return @parts;
}

# A declaration ended at line `last`.
sub declare {
  my ($last, $trailing) = @_;
  my $code = $statement;
  my $own = $trailing ne '' ? $trailing : $comment;
  $code =~ s/^\s*(template\s*$angles\s*)?//;
  $code =~ s/\[\[\w+\]\]//g;
  1 while $code =~ s/\b(alignas|explicit|decltype|noexcept|requires)\s*\((?:[^()]|\([^()]*\))*\)//;
  if ($code =~ /=\s*(default|delete)\s*;/ || $code =~ /^\s*friend\b[^(]*;/ || $code =~ /^\w+(\(.*\))\s*->/) {
    return if @scopes > 1 && $scopes[-1] ne 'members';  # its body follows
    $lines[$_] = "\n" for $first .. $last;
    return;
  }
  return if $code =~ /^\s*(struct|class|union|enum|static_assert|using namespace|namespace|extern "C")\b/;
  my ($head) = $code =~ /^((?:\boperator\b\s*(?:\(\)|\S+?(?=\())|[^={])*)/s;
  my @parts = ($code);
  my $name = '';
  if ($code =~ /\busing\s+(\w+)/) { $name = $1 }
  elsif ($head =~ /\b(operator\(\))/ || $head =~ /\b(operator\b[^(]+?)\s*\(/) { $name = $1 }
  elsif ($head =~ /(~?\w+)\s*\(/) { $name = $1 }
  else {
    (my $plain = $code) =~ s/;.*//s;
    @parts = declarators($plain);
    $name = name_of($parts[0]);
  }
  return if $name eq '';
  if (@parts > 1) {
    (my $type = $parts[0]) =~ s/\s*\**\s*\b$name\b.*/ /s;
    my $indent = $lines[$first] =~ /^(\s*)/ ? $1 : '';
    my $out = '';
    for my $i (0 .. $#parts) {
      my $one = name_of($parts[$i]);
      my $text = $own ne '' ? $own : ($said{$one} // '');
      $said{$one} //= $own if $own ne '';
      $text = '' if $i == 0 && $own ne '' && $trailing eq '';  # stands before it
      $out .= ($text ne '' ? "/** $text */ " : '') . ($i > 0 ? $type : '') . ($parts[$i] =~ s/^\s+//r) . '; ';
    }
    $lines[$_] = "\n" for $first .. $last;
    $lines[$first] = "$indent$out\n";
  } elsif ($own ne '') {
    $said{$name} //= $own;
  } else {
    my $is_standard = $standard{$name =~ s/\s//gr} && $code =~ /\(|\busing\b/;
    my $text = $said{$name} // ($is_standard ? 'As in the standard library.' : '');
    $lines[$first] =~ s{^(\s*)}{$1/** $text */ } if $text ne '';
  }
}

for my $n (0 .. $#lines) {
  $lines[$n] =~ s/inline LINNET_ISA:://;
  $lines[$n] =~ s/::inline LINNET_ISA//;
  $lines[$n] =~ s/^(\s*)protected:/$1private:/;
  my $line = $lines[$n];
  if ($line =~ m{^\s*///\s?(.*)}) {
    $lines[$n] = "\n" if $hidden;
    $comment .= ($comment ne '' ? ' ' : '') . $1;
    next;
  }
  if ($line =~ m{^\s*(//|#|\s*$)}) {
    $comment = '' if $statement eq '' && $line !~ m{^\s*//};
    next;
  }
  my ($code, $note) = $line =~ m{^((?:"(?:\\.|[^"\\])*"|[^"/]|/(?!/))*)(//.*)?};
  (my $bare = $code) =~ s/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])'/0/g;
  my $trailing = ($note // '') =~ m{^///<\s*(.*)} ? $1 : '';
  my $in_members = $scopes[-1] eq 'members';
  if ($in_members) {
    $bare =~ s/^\s*(public|private|protected):\s*$//;
    $first = $n if $statement eq '';
    $statement .= $bare;
  }
  my $before = @scopes;
  $hidden = $before if !$hidden && $bare =~ /^\s*namespace\s+(\w+::)*detail\s*\{/;
  for my $c ($bare =~ /[{}]/g) {
    if ($c eq '}') { pop @scopes if @scopes > 1 }
    elsif ($scopes[-1] ne 'members') { push @scopes, 'body' }
    else {
      push @scopes, $statement =~ /$holds_members[^;]*\{[^;]*$/s ? 'members' : 'body';
    }
  }
  if ($hidden) {
    $lines[$n] = "\n";
    ($statement, $comment) = ('', '') if @scopes <= $hidden || $scopes[-1] eq 'members';
    $hidden = 0 if @scopes <= $hidden;
    next;
  }
  next unless $in_members;
  if (@scopes > $before) {
    declare($n, $trailing) if $scopes[-1] ne 'members';
    ($statement, $comment) = ('', '');
  } elsif (@scopes < $before || $bare =~ /[;}]\s*$/) {
    declare($n, $trailing) if @scopes == $before;
    ($statement, $comment) = ('', '');
  }
}
# A scope that did not end would hide what follows: this name has no comment, and Doxygen says so.
push @lines, "namespace linnet { int scopes_that_house_style_lost; }\n" if @scopes != 1;
print @lines;
