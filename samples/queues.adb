--  Ada: a package with an operator, a generic one, nested and recursive subprograms, a task.
--
--      gnatmake -O2 -g samples/queues.adb -cargs -finstrument-functions
--      build/profile ./queues
--
--  Look for subprograms as package.subprogram, nested ones as outer.inner, and functions that GNAT makes (adainit,
--  finalizers). queues.hanoi has `2047/1` calls. The program prints how often it called each subprogram.

with Ada.Text_IO;

procedure Queues is

   package Counts is
      Hanois, Puts, Adds, Inners, Steps : Natural := 0;
   end Counts;

   generic
      type Item is private;
   package Fifo is
      procedure Put (Value : Item);
      function Length return Natural;
      function First return Item;
   end Fifo;

   package body Fifo is
      Held : array (1 .. 1_000) of Item;
      Used : Natural := 0;

      procedure Put (Value : Item) is
      begin
         Counts.Puts := Counts.Puts + 1;
         Used := Used + 1;
         Held (Used) := Value;
      end Put;

      function Length return Natural is
      begin
         return Used;
      end Length;

      function First return Item is
      begin
         return Held (1);
      end First;
   end Fifo;

   package Points is
      type Point is record
         X, Y : Integer;
      end record;
      function "+" (Left, Right : Point) return Point;
   end Points;

   package body Points is
      function "+" (Left, Right : Point) return Point is
      begin
         Counts.Adds := Counts.Adds + 1;
         return (Left.X + Right.X, Left.Y + Right.Y);
      end "+";
   end Points;

   procedure Hanoi (Height : Natural) is
   begin
      Counts.Hanois := Counts.Hanois + 1;
      if Height > 0 then
         Hanoi (Height - 1);
         Hanoi (Height - 1);
      end if;
   end Hanoi;

   procedure Outer is
      procedure Inner is
      begin
         Counts.Inners := Counts.Inners + 1;
      end Inner;
   begin
      for I in 1 .. 10 loop
         Inner;
      end loop;
   end Outer;

   procedure Step is
   begin
      Counts.Steps := Counts.Steps + 1;
   end Step;

   task Worker;
   task body Worker is
   begin
      for I in 1 .. 500 loop
         Step;
      end loop;
   end Worker;

   package Numbers is new Fifo (Integer);
   use type Points.Point;
   Sum : Points.Point := (0, 0);

begin
   Hanoi (10);
   Outer;
   for I in 1 .. 100 loop
      Numbers.Put (I);
      Sum := Sum + (I, -I);
   end loop;
   while not Worker'Terminated loop
      delay 0.001;
   end loop;
   Ada.Text_IO.Put_Line
     ("hanoi" & Counts.Hanois'Image & " put" & Counts.Puts'Image & " add" & Counts.Adds'Image
      & " inner" & Counts.Inners'Image & " step" & Counts.Steps'Image
      & " length" & Numbers.Length'Image & " first" & Numbers.First'Image & " sum" & Sum.X'Image);
end Queues;
