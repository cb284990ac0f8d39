! Fortran: modules, a contained procedure, recursion, a generic name, a type-bound procedure.
!
!     gfortran -O2 -g -finstrument-functions samples/shapes.f90 -o shapes
!     build/profile ./shapes
!
! Look for procedures of modules as module::procedure. Other procedures and the program have their own names. gfortran
! makes a main that calls the program. towers has `2047/1` calls. The program prints its calls of each procedure.
module counters
    implicit none
    integer :: moves = 0, areas = 0, scales = 0
end module counters

module geometry
    use counters
    implicit none
    type :: circle
        real :: radius = 1.0
    contains
        procedure :: area => circle_area
    end type circle
    interface scaled
        module procedure scaled_integer, scaled_real
    end interface scaled
contains
    real function circle_area(self)
        class(circle), intent(in) :: self
        areas = areas + 1
        circle_area = 3.14159265 * self%radius ** 2
    end function circle_area

    integer function scaled_integer(value)
        integer, intent(in) :: value
        scales = scales + 1
        scaled_integer = value * 2
    end function scaled_integer

    real function scaled_real(value)
        real, intent(in) :: value
        scales = scales + 1
        scaled_real = value * 2
    end function scaled_real
end module geometry

recursive subroutine towers(height)
    use counters
    implicit none
    integer, intent(in) :: height
    moves = moves + 1
    if (height > 0) then
        call towers(height - 1)
        call towers(height - 1)
    end if
end subroutine towers

program shapes
    use counters
    use geometry
    implicit none
    type(circle) :: one
    real :: total = 0.0
    integer :: i, kept = 0
    call towers(10)
    do i = 1, 100
        one%radius = real(scaled(i))
        total = total + scaled(one%area())
        call keep(i)
    end do
    print '(a, i0, a, i0, a, i0, a, i0, a, f0.0)', 'towers ', moves, ' circle_area ', areas, ' scaled ', scales, &
        ' keep ', kept, ' total ', total
contains
    subroutine keep(number)
        integer, intent(in) :: number
        if (number > 0) kept = kept + 1
    end subroutine keep
end program shapes
